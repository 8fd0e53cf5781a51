"""The section Products: the catalog and the files of the user, with an editor for a PICS."""
