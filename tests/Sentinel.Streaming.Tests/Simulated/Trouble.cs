namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>What can go wrong in a simulation.</summary>
[Flags]
internal enum Trouble
{
    None = 0,

    /// <summary>A process is killed: nothing in its memory stays.</summary>
    Kill = 1,

    /// <summary>A partition is given up gracefully and goes to another process.</summary>
    Move = 2,

    /// <summary>A partition goes to another process, and who had it does not know for a while.</summary>
    Zombie = 4,

    /// <summary>The last blob of a lane's snapshots is cut or missing after its process was killed.</summary>
    Torn = 8,

    /// <summary>A commit takes long.</summary>
    StoreIsSlow = 16,

    /// <summary>A commit fails for good, with or without effect.</summary>
    StoreRefuses = 32,

    /// <summary>A record is acknowledged late.</summary>
    AckIsSlow = 64,

    /// <summary>A record cannot be written, nor any after it.</summary>
    WriteRefused = 128,

    /// <summary>The writer's buffer is full for a while.</summary>
    WriterIsFull = 256,

    /// <summary>A blob takes long.</summary>
    SnapshotIsSlow = 512,

    /// <summary>A blob cannot be read or written.</summary>
    SnapshotRefused = 1024,

    /// <summary>A lane does nothing for a while.</summary>
    Lag = 2048,

    /// <summary>Bytes that are no piece, in the topics of pieces.</summary>
    Garbage = 4096,

    All = 8191,
}
