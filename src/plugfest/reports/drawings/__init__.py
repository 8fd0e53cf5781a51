"""The drawings of a report as SVG: sequence diagrams and charts."""
