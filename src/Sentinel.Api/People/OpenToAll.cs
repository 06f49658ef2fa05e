namespace Sentinel.Api.People;

/// <summary>Marks endpoints that anybody may ask, on purpose: those by which people sign in.</summary>
internal sealed class OpenToAll
{
    private OpenToAll()
    {
    }

    public static OpenToAll Mark { get; } = new();
}
