"""What a charging station is, whatever version of OCPP it speaks: machines that blocks share."""
