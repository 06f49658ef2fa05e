using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Sentinel.Client;

/// <summary>What holds for a request that Sentinel gave no answer to and never did.</summary>
public enum FailMode
{
    /// <summary>It goes on.</summary>
    Open,

    /// <summary>It is turned away.</summary>
    Closed,
}

/// <summary>Where Sentinel is, whom to ask about, and what to do when it does not answer.</summary>
public sealed class ClientOptions
{
    /// <summary>Address of Sentinel's API.</summary>
    [Required]
    public Uri? Address { get; set; }

    /// <summary>Key that is shown to it; empty where it asks for none.</summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// Whom a request is of: null or an empty text where nobody can tell. Has to be set; from what the application itself
    /// has verified, never from what a client may write.
    /// </summary>
    [Required]
    public Func<HttpContext, RequestKeys>? KeysOf { get; set; }

    /// <summary>What holds without any answer. Default: the request goes on.</summary>
    [EnumDataType(typeof(FailMode))]
    public FailMode FailMode { get; set; }

    /// <summary>How long an answer is waited for, milliseconds. Default 200.</summary>
    [Range(1, 60_000)]
    public int TimeMsMax { get; set; } = 200;

    /// <summary>How long after it ended the last answer still serves while there is no newer one, seconds. Default 300.</summary>
    [Range(0, 86_400)]
    public int LastAnswerSecondsMax { get; set; } = 300;

    /// <summary>How long nothing is asked after Sentinel did not answer, milliseconds. Default 1,000.</summary>
    [Range(0, 60_000)]
    public int PauseMs { get; set; } = 1_000;

    /// <summary>Answers kept. Default 100,000 at about 500 bytes.</summary>
    [Range(2, 10_000_000)]
    public int AnswersMax { get; set; } = 100_000;
}

/// <summary>Checks <see cref="ClientOptions"/>.</summary>
[OptionsValidator]
public sealed partial class ClientOptionsValidator : IValidateOptions<ClientOptions>;
