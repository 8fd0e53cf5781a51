"""What the frames of a case show: message summaries, the rows of a sequence diagram, meter values."""
