"""The section Stations: virtual stations in the process of the server, and the pages that operate them."""
