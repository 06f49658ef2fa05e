namespace Sentinel.Storage.Embedded;

/// <summary>How much of the machine the database in this process may take.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Folder of the database's files; made when it is not there. One process has it open at a time.</summary>
    public required string Folder { get; init; }

    /// <summary>Threads of one query. Default 2: the machine the program is sized for has two cores.</summary>
    public int QueryThreadsMax { get; init; } = 2;

    /// <summary>Queries that run at the same time; more wait. Default 4.</summary>
    public int QueriesMax { get; init; } = 4;

    /// <summary>Inserts that run at the same time; more wait. Default 2: a lane's and one beside it.</summary>
    public int InsertsMax { get; init; } = 2;

    /// <summary>
    /// Memory of one query. Default 384 MiB: the widest query groups a million accounts at about 200 bytes each.
    /// </summary>
    public long QueryBytesMax { get; init; } = 384L << 20;

    /// <summary>Longest time of one query. Default 30 s.</summary>
    public TimeSpan QueryTimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Memory of the engine. Default 768 MiB: half of the 1.5 GiB that a replay of 100,000 accounts may take.
    /// </summary>
    public long EngineBytesMax { get; init; } = 768L << 20;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueryThreadsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueriesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(InsertsMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueryBytesMax, 16L << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(EngineBytesMax, 256L << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueryTimeMax, TimeSpan.FromSeconds(1));
    }
}
