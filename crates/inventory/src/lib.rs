//! Uses of AI, what they stand on, people and evidence; verdicts, tiers and gates as pure functions.
