"""The section Runs: past and running campaigns, their cases, frames and reports, and what differs between two."""
