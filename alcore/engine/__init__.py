"""The active learning engine: learner, oracle, evaluator and the loop."""
