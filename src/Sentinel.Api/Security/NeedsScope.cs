namespace Sentinel.Api.Security;

/// <summary>How a caller who may not ask is told so.</summary>
internal enum RefusalForm : byte
{
    /// <summary>401 or 403 with a problem.</summary>
    Problem,

    /// <summary>
    /// 503 and no body, for gateways that hand 401 and 403 on to their own clients: that the gateway has no key is its
    /// failure, and its fail mode decides.
    /// </summary>
    Failure,

    /// <summary>A status of gRPC.</summary>
    Grpc,
}

/// <summary>What an endpoint asks of its callers; endpoints without it are open to all.</summary>
/// <param name="Scope">The scope that is needed.</param>
/// <param name="Form">How a refusal is told.</param>
internal sealed record NeedsScope(CallerScopes Scope, RefusalForm Form = RefusalForm.Problem);
