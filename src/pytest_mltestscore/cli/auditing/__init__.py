"""Reading test suites without running them: what is tagged, what could be, and by which signs.

`sources` finds files, `reading` takes facts from their trees, `judging` weighs the facts by the
`words` and `clues`, `homemade` knows how teams score themselves, `marking` writes markers. Nothing
here imports or runs what it reads.
"""
