"""The formats of a report: JSON, HTML, PDF, JUnit XML, CSV."""
