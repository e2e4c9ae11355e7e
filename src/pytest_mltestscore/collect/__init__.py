"""From a pytest run to evidence: tags, reports, what was left out, and why the run ended."""
