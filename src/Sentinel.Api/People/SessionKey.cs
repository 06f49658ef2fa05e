// Sessions and forms are sealed under one key of the installation, which is kept in the store: every process understands the
// others' sessions, and they outlive a restart. The framework derives a key of its own for each purpose from it.
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Sentinel.Api.Review;

namespace Sentinel.Api.People;

/// <summary>The installation's key, and what is sealed under it (AES-256-GCM). Thread-safe.</summary>
internal sealed class SessionKey(ReviewStore store) : IDataProtectionProvider
{
    private const int KeyBytes = 32;
    private const string Name = "sessions";

    private volatile byte[]? _key;

    /// <summary>Reads the key, or draws it at the first start.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        var drawn = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        _key = Convert.FromBase64String(await store.Opened.People.KeyAsync(Name, drawn, cancel));
    }

    /// <inheritdoc/>
    public IDataProtector CreateProtector(string purpose) => new Protector(this, purpose);

    private byte[] DerivedFor(string purpose) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256,
        _key ?? throw new CryptographicException("The store is not open."),
        KeyBytes,
        info: Encoding.UTF8.GetBytes(purpose));

    private sealed class Protector(SessionKey key, string purpose) : IDataProtector
    {
        private const int NonceBytes = 12;
        private const int TagBytes = 16;

        // Purposes within purposes; the sign between them stands in none.
        public IDataProtector CreateProtector(string inner) => new Protector(key, $"{purpose}\0{inner}");

        public byte[] Protect(byte[] plaintext)
        {
            var sealedBytes = new byte[NonceBytes + plaintext.Length + TagBytes];
            var nonce = sealedBytes.AsSpan(0, NonceBytes);
            RandomNumberGenerator.Fill(nonce);
            using var aes = new AesGcm(key.DerivedFor(purpose), TagBytes);
            aes.Encrypt(
                nonce, plaintext, sealedBytes.AsSpan(NonceBytes, plaintext.Length), sealedBytes.AsSpan(NonceBytes + plaintext.Length));
            return sealedBytes;
        }

        public byte[] Unprotect(byte[] protectedData)
        {
            if (protectedData.Length < NonceBytes + TagBytes)
            {
                throw new CryptographicException("It is not sealed by this installation.");
            }

            var plain = new byte[protectedData.Length - NonceBytes - TagBytes];
            using var aes = new AesGcm(key.DerivedFor(purpose), TagBytes);
            aes.Decrypt(
                protectedData.AsSpan(0, NonceBytes), protectedData.AsSpan(NonceBytes, plain.Length),
                protectedData.AsSpan(NonceBytes + plain.Length), plain);
            return plain;
        }
    }
}
