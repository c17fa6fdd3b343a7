#include "http_client.hpp"

#include <curl/curl.h>
#include <memory>

namespace my_plugin {

namespace {

struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

size_t throw_away(char*, size_t size, size_t count, void*)
{
    return size * count;
}

int ask_to_go_on(void* is_cancelled, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    try {
        return (*static_cast<const std::function<bool()>*>(is_cancelled))() ? 1 : 0;
    } catch (...) { // no exception crosses a C library
        return 1;
    }
}

std::unique_ptr<curl_slist, FreeList> headers_of(const Request& request)
{
    curl_slist* list = curl_slist_append(nullptr, "Content-Type: application/json");
    list = curl_slist_append(list, ("Idempotency-Key: " + request.key).c_str());
    if (!request.token.empty())
        list = curl_slist_append(list, ("Authorization: Bearer " + request.token).c_str());
    return std::unique_ptr<curl_slist, FreeList>{list};
}

} // namespace

Outcome judge(const Response& response)
{
    if (response.status >= 200 && response.status < 300) return Outcome::done;
    const bool may_pass
        = response.status == 0 || response.status == 408 || response.status == 429 || response.status >= 500;
    return may_pass ? Outcome::try_later : Outcome::give_up;
}

Response post(const Request& request, const std::function<bool()>& is_cancelled)
{
    const std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
    if (!easy) return {0, "libcurl cannot start"};
    const auto headers = headers_of(request);
    CURL* curl = easy.get();
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, request.timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); // signals are the host's
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &throw_away);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &ask_to_go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &is_cancelled);
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) return {0, curl_easy_strerror(code)};
    Response response;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
    return response;
}

} // namespace my_plugin
