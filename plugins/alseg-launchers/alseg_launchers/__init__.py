"""Launchers for alseg: processes on this machine."""
