// Every test starts the real program, which takes all cores for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
