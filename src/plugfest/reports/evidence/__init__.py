"""What shows how a case went: frames, steps, message summaries."""
