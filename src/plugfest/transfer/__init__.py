"""File transfers by HTTP(S), FTP(S) and SFTP: the client of a station and the servers of a lab."""
