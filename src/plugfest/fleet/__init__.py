"""Many stations at one CSMS: in processes of this computer or on a Ray cluster, with their figures."""
