// One program and one browser for all tests, which take the cores for themselves.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
