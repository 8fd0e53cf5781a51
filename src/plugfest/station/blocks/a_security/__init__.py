"""Functional block A. Security."""
