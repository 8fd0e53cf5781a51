"""What the CSMS shows to drivers: display messages, tariffs and costs."""
