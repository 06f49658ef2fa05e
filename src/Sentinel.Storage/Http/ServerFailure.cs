using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Security.Authentication;

namespace Sentinel.Storage.Http;

// One failed try. It never leaves the folder: what callers see is ToPublic.
internal sealed class ServerFailure(string message, int code, bool isPassing, bool hasTimedOut, Exception? cause)
    : Exception(message, cause)
{
    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsPassing { get; } = isPassing;

    /// <summary>Whether the time ran out: the same query would take as long again.</summary>
    public bool HasTimedOut { get; } = hasTimedOut;

    public ClickHouseException ToPublic() => IsPassing
        ? new ClickHouseUnavailableException(Message, this)
        : code == ClickHouseException.UnknownCode
            ? new ClickHouseException(Message, this)
            : new ClickHouseException(Message, code);
}

// Says what a failure is in one sentence, and whether it passes.
internal sealed class ServerFailures(HttpClickHouseOptions options)
{
    private const string CodeHeader = "X-ClickHouse-Exception-Code";
    private const int UnknownDatabase = 81;

    // REQUIRED_PASSWORD, WRONG_PASSWORD, UNKNOWN_USER, AUTHENTICATION_FAILED.
    private static readonly FrozenSet<int> WrongUser = FrozenSet.ToFrozenSet([192, 193, 194, 516]);

    // TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT, NETWORK_ERROR, NO_FREE_CONNECTION, ABORTED,
    // MEMORY_LIMIT_EXCEEDED, TABLE_IS_READ_ONLY, NOT_ENOUGH_SPACE, TOO_MANY_PARTS, ALL_CONNECTION_TRIES_FAILED,
    // TOO_FEW_LIVE_REPLICAS, UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE, UNKNOWN_STATUS_OF_INSERT, QUERY_WAS_CANCELLED,
    // CANNOT_ASSIGN_ALTER, KEEPER_EXCEPTION, and CANNOT_WRITE_TO_FILE_DESCRIPTOR of a disk that is full.
    private static readonly FrozenSet<int> Passing = FrozenSet.ToFrozenSet(
        [159, 202, 203, 209, 210, 236, 241, 242, 243, 252, 279, 285, 286, 319, 394, 517, 999, 75]);

    public static bool IsFailure(HttpResponseMessage response) =>
        !response.IsSuccessStatusCode || response.Headers.Contains(CodeHeader);

    public ServerFailure Of(HttpResponseMessage response, string text)
    {
        var code = CodeOf(response, text);
        if (WrongUser.Contains(code) || response.StatusCode is HttpStatusCode.Unauthorized)
        {
            return ForGood(
                $"ClickHouse at {options.Url} refuses the user {options.User}: wrong user or password.", code);
        }

        if (code == UnknownDatabase)
        {
            return ForGood(
                $"ClickHouse at {options.Url} has no database {options.Database}: create it, or set "
                + $"{HttpClickHouseOptions.Section}:{nameof(options.Database)}.",
                code);
        }

        if (code != ClickHouseException.UnknownCode)
        {
            return new ServerFailure(text, code, Passing.Contains(code), hasTimedOut: code == 159, cause: null);
        }

        var isPassing = response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway
            or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError;
        return new ServerFailure(
            $"ClickHouse at {options.Url} answered {(int)response.StatusCode}: {FirstLine(text)}",
            code, isPassing, hasTimedOut: false, cause: null);
    }

    public ServerFailure OfTimeOut(TimeSpan timeMax, Exception cause) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"ClickHouse at {options.Url} did not answer within {timeMax.TotalSeconds:0.#} s."),
        ClickHouseException.UnknownCode, isPassing: true, hasTimedOut: true, cause);

    public ServerFailure Of(Exception fault)
    {
        var innermost = fault.GetBaseException();
        if (fault.InnerException is AuthenticationException)
        {
            // A certificate that is not trusted stays so; a handshake that was cut off does not.
            var isPassing = innermost is not AuthenticationException;
            return new ServerFailure(
                $"ClickHouse at {options.Url} cannot be trusted: {innermost.Message} Set "
                + $"{HttpClickHouseOptions.Section}:{nameof(options.CaFile)} to the authority of its certificate.",
                ClickHouseException.UnknownCode, isPassing, hasTimedOut: false, fault);
        }

        return new ServerFailure(
            $"ClickHouse at {options.Url} cannot be reached: {innermost.Message}",
            ClickHouseException.UnknownCode, isPassing: true, hasTimedOut: false, fault);
    }

    private static ServerFailure ForGood(string message, int code) =>
        new(message, code, isPassing: false, hasTimedOut: false, cause: null);

    private static int CodeOf(HttpResponseMessage response, string text) =>
        response.Headers.TryGetValues(CodeHeader, out var values)
        && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code
            : new ClickHouseException(text).Code;

    private static string FirstLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] : text;
}
