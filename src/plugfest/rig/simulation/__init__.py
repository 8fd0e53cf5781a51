"""Simulated worlds: one station, its drivers, its CSMS and every fault, deterministic and in memory."""
