"""Damages of HTTP clients: of requests, httpx and those of test clients that answer alike."""
