"""The files that a station fetches and sends, and the servers that a lab has them on: HTTP(S), FTP(S) and SFTP."""
