"""What the frames show: message summaries, the rows of a sequence diagram, meter values, the station's identity."""
