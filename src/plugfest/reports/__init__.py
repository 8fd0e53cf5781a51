"""The report of a campaign: its data, its formats (JSON, HTML, PDF, JUnit XML, CSV), redaction and signature."""
