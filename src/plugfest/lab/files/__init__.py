"""The files of the lab: its file servers, and the firmware of the manufacturer under test."""
