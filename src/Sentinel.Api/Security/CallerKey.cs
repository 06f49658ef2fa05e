namespace Sentinel.Api.Security;

/// <summary>One key or certificate that a caller may show.</summary>
/// <param name="Id">Names the caller; several keys may, while one takes the place of another.</param>
/// <param name="Scopes">What the caller may ask for.</param>
/// <param name="Digest">SHA-256 of the key, or of the certificate's DER form.</param>
/// <param name="Until">When it ends, or null.</param>
internal sealed record CallerKey(string Id, CallerScopes Scopes, byte[] Digest, DateTimeOffset? Until);
