using System.Globalization;
using Required = Sentinel.Detection.Exchanges.ExchangeParser.Required;

namespace Sentinel.Detection.Exchanges;

/// <summary>The request: what was asked for, and the prompt's text.</summary>
internal ref partial struct ProtobufParser
{
    private void ReadRequest()
    {
        _missing &= ~Required.Request;
        var outer = Enter("request");
        while (NextField(out var field))
        {
            switch (field)
            {
                case 1:
                    _exchange.Model.Set(ReadText("request.model"));
                    _missing &= ~Required.Model;
                    break;
                case 2:
                    _exchange.OperationKey = ReadKey("request.operation");
                    break;
                case 3:
                    _exchange.ConversationKey = ReadKey("request.conversation_id");
                    break;
                case 4:
                    _exchange.Turn = ReadCount("request.turn", 1);
                    break;
                case 5:
                    _exchange.CommitSystem(CopyText("request.system"));
                    break;
                case 6:
                    ReadMessage("request.messages");
                    break;
                case 7:
                    ReadText("request.tools");
                    _exchange.ToolCount++;
                    break;
                default:
                    ReadSetting(field);
                    break;
            }
        }

        _reader.Leave(outer);
    }

    private void ReadSetting(int field)
    {
        switch (field)
        {
            case 8:
                ReadText("request.modalities");
                break;
            case 9:
                _exchange.MaxTokens = ReadCount("request.max_tokens", 0);
                break;
            case 10:
                _exchange.Temperature = ReadFloat("request.temperature");
                break;
            case 11:
                _exchange.SampleCount = ReadCount("request.n", 1);
                break;
            case 12:
                _exchange.Logprobs = ReadInteger("request.logprobs") != 0;
                break;
            case 13:
                ReadInteger("request.stream");
                break;
            case 14:
                _exchange.Reasoning = ExchangeParser.EffortOf(ReadText("request.reasoning"));
                break;
            case 15:
                if (ReadKey("request.reasoning_refs_presented") is not 0 and var key)
                {
                    _exchange.AddReasoningRef(key);
                }

                break;
            default:
                _reader.Skip(field, _type);
                break;
        }
    }

    private void ReadMessage(string path)
    {
        if (_type != WireType.Bytes)
        {
            SetFault(DecodeFaultKind.WrongType, ItemPath(path, ""));
            return;
        }

        var role = SegmentRole.Other;
        var hasRole = false;
        var contentLength = 0; // Not yet a segment: the role may come after the content.
        var outer = Enter(path);
        while (NextField(out var field))
        {
            switch (field)
            {
                case 1 when _type != WireType.Bytes:
                    SetFault(DecodeFaultKind.WrongType, ItemPath(path, ".role"));
                    break;
                case 1:
                    role = ExchangeParser.RoleOf(ReadText(path));
                    hasRole = true;
                    break;
                case 2 when _type != WireType.Bytes:
                    SetFault(DecodeFaultKind.WrongType, ItemPath(path, ".content"));
                    break;
                case 2:
                    contentLength = CopyText(path);
                    break;
                default:
                    _reader.Skip(field, _type);
                    break;
            }
        }

        if (_fault.Kind == DecodeFaultKind.None && !hasRole)
        {
            SetFault(DecodeFaultKind.MissingProperty, ItemPath(path, ".role"));
        }

        _exchange.CommitSegment(role, contentLength);
        _reader.Leave(outer);
    }

    private readonly string ItemPath(string path, string property) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}[{_exchange.MessageCount}]{property}");
}
