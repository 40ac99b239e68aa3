// One message to several people through a provider that takes one at a time, over HTTP.
#pragma once

#include "motcua/sdk/message.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sms {

namespace sdk = motcua::sdk;

// The id of a message and of its way to one of several recipients; of a single one they are the same.
std::string idOf(const sdk::Host& host, const sdk::Call& call);
std::string idOfRecipient(const std::string& id, std::size_t recipient, std::size_t recipients);

// All numbers as vietnamesePhoneOf() has them. Invalid "message.recipient_invalid" where one cannot be.
sdk::Result<std::vector<std::string>> phonesOf(const sdk::Message& message);

// Calls `sendOne(phone, id of this way)` for each recipient who was not served under this key before, and
// keeps who was. Rejected "message.recipient_refused" is about that one; any other error ends it.
using SendOne = std::function<sdk::Result<void>(const std::string& phone, const std::string& id)>;
sdk::Result<sdk::SentMessage> deliver(const sdk::Host& host, const sdk::Call& call,
                                      const std::vector<std::string>& phones, std::size_t parts,
                                      const SendOne& sendOne);

// An exchange whose failures are words of the message capability; any HTTP status below 500 is an answer, 429
// is not. With `faults` 500 is one, too.
sdk::Result<sdk::HttpResponse> exchange(const sdk::Host& host, const sdk::Call& call,
                                        const sdk::HttpRequest& request, bool faults = false);

// A provider's words for a log: short, printable, and without anything that may be a phone number.
std::string masked(std::string_view words);

} // namespace sms
