namespace Sentinel.Detection.Workloads;

/// <summary>
/// The register as one judge knows it, and whether accounts that it names must be looked at again: because another register
/// came, or because event time passed a moment at which something begins or ends to hold. Owned by the lane's thread.
/// </summary>
internal sealed class WorkloadWatch
{
    private bool _isNews;
    private long _nextMs = long.MaxValue;

    /// <summary>The register.</summary>
    public WorkloadRegister Register { get; private set; } = WorkloadRegister.Empty;

    /// <summary>Takes over a register; nothing happens when it is the one before.</summary>
    public void Use(WorkloadRegister register)
    {
        if (!ReferenceEquals(register, Register))
        {
            // What only the former one named would not be found again: its accounts have to be looked at by their kind too.
            _isNews |= !register.IsEmpty || !Register.IsEmpty;
            Former = Register;
            Register = register;
        }
    }

    /// <summary>The register before, for the accounts that it alone named.</summary>
    public WorkloadRegister Former { get; private set; } = WorkloadRegister.Empty;

    /// <summary>Whether what holds changed since the last call.</summary>
    public bool TakeChange(long nowMs)
    {
        if (!_isNews && nowMs < _nextMs)
        {
            return false;
        }

        _isNews = false;
        _nextMs = Register.NextMomentMs(nowMs);
        return true;
    }

    /// <summary>Whether an account has to be looked at after a change.</summary>
    public bool Names(ulong key, uint orgKey) => Register.Names(key, orgKey) || Former.Names(key, orgKey);
}
