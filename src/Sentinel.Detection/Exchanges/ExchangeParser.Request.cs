using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sentinel.Detection.Exchanges;

/// <summary>The request: what was asked for, and the prompt's text.</summary>
internal ref partial struct ExchangeParser
{
    private void ReadRequest()
    {
        _exchange.ClearRequest();
        _missing = (_missing | Required.Model) & ~Required.Request;
        if (!EnterObject("request", isOptional: false))
        {
            return;
        }

        while (NextProperty(out var name))
        {
            switch (name.Length)
            {
                case 5 when name.SequenceEqual("model"u8):
                    ReadModel("request.model");
                    _missing &= ~Required.Model;
                    break;
                case 9 when name.SequenceEqual("operation"u8):
                    _exchange.OperationKey = ReadKey("request.operation");
                    break;
                case 15 when name.SequenceEqual("conversation_id"u8):
                    _exchange.ConversationKey = ReadKey("request.conversation_id");
                    break;
                case 4 when name.SequenceEqual("turn"u8):
                    _exchange.Turn = ReadCount("request.turn", 1);
                    break;
                case 6 when name.SequenceEqual("system"u8):
                    ReadSystem("request.system");
                    break;
                case 8 when name.SequenceEqual("messages"u8):
                    ReadMessages("request.messages");
                    break;
                case 5 when name.SequenceEqual("tools"u8):
                    _exchange.ToolCount = ReadTexts("request.tools");
                    break;
                case 10 when name.SequenceEqual("modalities"u8):
                    ReadTexts("request.modalities");
                    break;
                case 1 when name[0] == 'n':
                    _exchange.SampleCount = ReadCount("request.n", 1);
                    break;
                default:
                    ReadSetting(name);
                    break;
            }
        }
    }

    private void ReadSetting(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 10 when name.SequenceEqual("max_tokens"u8):
                _exchange.MaxTokens = ReadCount("request.max_tokens", 0);
                break;
            case 11 when name.SequenceEqual("temperature"u8):
                _exchange.Temperature = ReadFloat("request.temperature");
                break;
            case 8 when name.SequenceEqual("logprobs"u8):
                _exchange.Logprobs = ReadBool("request.logprobs");
                break;
            case 6 when name.SequenceEqual("stream"u8):
                ReadBool("request.stream");
                break;
            case 9 when name.SequenceEqual("reasoning"u8):
                ReadReasoning("request.reasoning");
                break;
            case 24 when name.SequenceEqual("reasoning_refs_presented"u8):
                ReadReasoningRefs("request.reasoning_refs_presented");
                break;
            default:
                _reader.Skip();
                break;
        }
    }

    private void ReadModel(string path)
    {
        if (NextText(path, isOptional: false))
        {
            _exchange.Model.Set(Unescaped());
        }
    }

    private void ReadSystem(string path)
    {
        _exchange.ClearSystem();
        if (NextText(path, isOptional: true))
        {
            _exchange.CommitSystem(CopyText());
        }
    }

    private void ReadMessages(string path)
    {
        _exchange.ClearMessages();
        if (!EnterArray(path))
        {
            return;
        }

        while (NextItem())
        {
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                SetFault(DecodeFaultKind.WrongType, ItemPath(path, ""));
                return;
            }

            ReadMessage(path);
        }
    }

    private void ReadMessage(string path)
    {
        var role = SegmentRole.Other;
        var hasRole = false;
        var contentLength = 0; // Not yet a segment: the role may come after the content.
        while (NextProperty(out var name))
        {
            if (name.SequenceEqual("role"u8))
            {
                _reader.Read();
                if (_reader.TokenType != JsonTokenType.String)
                {
                    SetFault(DecodeFaultKind.WrongType, ItemPath(path, ".role"));
                    return;
                }

                role = RoleOf(ShortWord());
                hasRole = true;
            }
            else if (name.SequenceEqual("content"u8))
            {
                _reader.Read();
                if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                {
                    SetFault(DecodeFaultKind.WrongType, ItemPath(path, ".content"));
                    return;
                }

                contentLength = _reader.TokenType == JsonTokenType.Null ? 0 : CopyText();
            }
            else
            {
                _reader.Skip();
            }
        }

        if (_fault.Kind == DecodeFaultKind.None && !hasRole)
        {
            SetFault(DecodeFaultKind.MissingProperty, ItemPath(path, ".role"));
        }
        else
        {
            _exchange.CommitSegment(role, contentLength);
        }
    }

    private readonly string ItemPath(string path, string property) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}[{_exchange.MessageCount}]{property}");

    internal static SegmentRole RoleOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        4 when Ascii.EqualsIgnoreCase(word, "user"u8) => SegmentRole.User,
        9 when Ascii.EqualsIgnoreCase(word, "assistant"u8) => SegmentRole.Assistant,
        6 when Ascii.EqualsIgnoreCase(word, "system"u8) => SegmentRole.System,
        9 when Ascii.EqualsIgnoreCase(word, "developer"u8) => SegmentRole.System,
        4 when Ascii.EqualsIgnoreCase(word, "tool"u8) => SegmentRole.Tool,
        8 when Ascii.EqualsIgnoreCase(word, "function"u8) => SegmentRole.Tool,
        5 when Ascii.EqualsIgnoreCase(word, "human"u8) => SegmentRole.User,
        5 when Ascii.EqualsIgnoreCase(word, "model"u8) => SegmentRole.Assistant,
        _ => SegmentRole.Other,
    };

    private void ReadReasoning(string path)
    {
        _exchange.Reasoning = NextText(path, isOptional: true) ? EffortOf(ShortWord()) : ReasoningEffort.Unknown;
    }

    internal static ReasoningEffort EffortOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        3 when word.SequenceEqual("off"u8) => ReasoningEffort.Off,
        3 when word.SequenceEqual("low"u8) => ReasoningEffort.Low,
        6 when word.SequenceEqual("medium"u8) => ReasoningEffort.Medium,
        4 when word.SequenceEqual("high"u8) => ReasoningEffort.High,
        _ => ReasoningEffort.Unknown,
    };

    private void ReadReasoningRefs(string path)
    {
        _exchange.ClearReasoningRefs();
        if (!EnterArray(path))
        {
            return;
        }

        while (NextItem())
        {
            if (_reader.TokenType != JsonTokenType.String)
            {
                SetFault(DecodeFaultKind.WrongType, path);
                return;
            }

            var key = KeyOf(Unescaped());
            if (key != 0)
            {
                _exchange.AddReasoningRef(key);
            }
        }
    }
}
