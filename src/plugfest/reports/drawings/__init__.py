"""The drawings of a report: sequence diagrams and charts, as SVG."""
