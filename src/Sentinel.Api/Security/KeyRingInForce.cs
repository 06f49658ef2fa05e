using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sentinel.Api.Security;

/// <summary>
/// The <see cref="KeyRing"/> in force: read at the start, and again when the file has changed, which is looked at every few
/// seconds: secrets that are mounted change by themselves. A file that is wrong then is logged and leaves the former keys in
/// force. Thread-safe.
/// </summary>
internal sealed partial class KeyRingInForce : IDisposable
{
    private const int FileBytesMax = 4 * 1024 * 1024;

    private readonly string _file;
    private readonly ILogger<KeyRingInForce> _logger;
    private readonly ITimer? _timer;
    private readonly TimeSpan _every;
    private volatile KeyRing? _current;
    private string _text = "";

    /// <exception cref="OptionsValidationException">The file is wrong.</exception>
    public KeyRingInForce(SecurityOptions options, TimeProvider clock, ILogger<KeyRingInForce> logger)
    {
        (_file, _logger) = (options.KeysFile, logger);
        if (_file.Length == 0)
        {
            return;
        }

        if (!TryRead(out var fault))
        {
            throw new OptionsValidationException(
                SecurityOptions.Section, typeof(SecurityOptions),
                [$"{SecurityOptions.Section}:{nameof(SecurityOptions.KeysFile)}: {fault}"]);
        }

        _every = TimeSpan.FromSeconds(options.KeysCheckSeconds);
        _timer = clock.CreateTimer(
            static self => ((KeyRingInForce)self!).Renew(), this, _every, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who may call; null where anybody may.</summary>
    public KeyRing? Current => _current;

    public void Dispose() => _timer?.Dispose();

    private void Renew()
    {
        if (!TryRead(out var fault))
        {
            Log.Refused(_logger, _file, fault);
        }

        _timer?.Change(_every, Timeout.InfiniteTimeSpan); // One look at a time.
    }

    // What is the same as before, a fault too, is not told again.
    private bool TryRead(out string fault)
    {
        fault = "";
        try
        {
            if (new FileInfo(_file).Length > FileBytesMax)
            {
                fault = "it is too large.";
                return false;
            }

            var text = File.ReadAllText(_file);
            if (text == _text)
            {
                return true;
            }

            _text = text;
            if (!KeyRing.TryRead(text, out var ring, out var wrong))
            {
                fault = wrong;
                return false;
            }

            _current = ring;
            Log.InForce(_logger, ring.Count, _file);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            fault = cause.Message;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KeysInForce, LogLevel.Information, "{Count} keys of {File} are in force.")]
        public static partial void InForce(ILogger logger, int count, string file);

        [LoggerMessage(
            EventIds.KeysRefused, LogLevel.Error, "The keys in {File} are refused, the former stay: {Fault}")]
        public static partial void Refused(ILogger logger, string file, string fault);
    }
}
