namespace Sentinel.Hosting.Serving;

/// <summary>What works behind the web server.</summary>
internal interface IServingHost
{
    /// <summary>Why it could not start or go on; null while all is well.</summary>
    Exception? Failure { get; }
}
