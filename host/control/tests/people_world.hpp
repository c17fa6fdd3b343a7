#pragma once

/// \file
/// A host in memory with two record types of its own, for tests of users and roles: everything goes through
/// the control API.

#include "base/json.hpp"
#include "control/embedded_connection.hpp"
#include "control/host.hpp"
#include "control/os_user.hpp"
#include "control/service.hpp"
#include "records/type_declaration.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace mortise::host {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// A call's answer, its parts put together, or its error.
struct Told {
    value answer{};
    array rows{}; ///< of query.run
    std::string text{}; ///< of export.run
    Error error{};
    bool failed{false};
};

class PeopleWorld : public ::testing::Test {
protected:
    using Connection = control::Connection;

    void SetUp() override
    {
        auto opened = Host::open({});
        ASSERT_TRUE(opened) << opened.error().message;
        host = *std::move(opened);
        service.emplace(host->api());
        admin = connect_embedded(*service, own_os_user());
        constexpr std::string_view types = R"json([
            {"name": "deal", "plural": "deals", "label": "Deal", "title_field": "title", "fields": [
                {"name": "title", "kind": "text", "label": "Title", "searchable": true, "sorted": true},
                {"name": "amount", "kind": "int", "label": "Amount", "indexed": true},
                {"name": "secret", "kind": "text", "label": "Secret", "searchable": true, "indexed": true},
                {"name": "code", "kind": "text", "label": "Code"},
                {"name": "at", "kind": "reference", "reference": "stage", "label": "At", "on_delete": "refuse"}]},
            {"name": "stage", "plural": "stages", "label": "Stage", "title_field": "title", "shared": true, "fields": [
                {"name": "title", "kind": "text", "label": "Title", "searchable": true},
                {"name": "amount", "kind": "int", "label": "Amount", "indexed": true},
                {"name": "secret", "kind": "text", "label": "Secret", "searchable": true, "indexed": true},
                {"name": "code", "kind": "text", "label": "Code"}]}])json";
        auto declared = parse_type_declarations(*parse_json(types, "types"), "", "");
        ASSERT_TRUE(declared) << declared.error().message << ' ' << declared.error().where;
        ASSERT_TRUE(host->records().declare("mortise.test", *declared));
    }

    void TearDown() override
    {
        for (auto* connection : {&admin, &anna})
            connection->reset();
        if (service) service->stop();
    }

    static Told ask(Connection& connection, std::string_view method, object params = {})
    {
        Told told;
        control::CallEvents events;
        events.on_chunk = [&told](const value& chunk) {
            if (const value* rows = chunk.as_object().if_contains("rows"))
                for (const value& row : rows->as_array())
                    told.rows.push_back(row);
            if (const value* text = chunk.as_object().if_contains("text")) told.text += text->as_string();
        };
        auto answer = connection.call(method, std::move(params), std::move(events));
        told.failed = !answer;
        if (answer)
            told.answer = *std::move(answer);
        else
            told.error = answer.error();
        return told;
    }

    /// By an administrator; must go well.
    value call(std::string_view method, object params = {})
    {
        Told told = ask(*admin, method, std::move(params));
        EXPECT_FALSE(told.failed) << method << ": " << told.error.message << ' ' << told.error.where;
        return told.failed ? value(object{}) : std::move(told.answer);
    }

    Error refusal(Connection& connection, std::string_view method, object params = {})
    {
        const Told told = ask(connection, method, std::move(params));
        EXPECT_TRUE(told.failed) << method << ": " << boost::json::serialize(told.answer);
        return told.error;
    }

    std::unique_ptr<Connection> connect_as(std::string_view user)
    {
        auto connection = connect_embedded(*service, own_os_user());
        const Told hello = ask(*connection, "host.hello", {{"user", user}});
        EXPECT_FALSE(hello.failed) << hello.error.message;
        return connection;
    }

    void role(std::string_view text, bool is_new = true)
    {
        call(is_new ? "roles.add" : "roles.change", {{"role", parse_json(text, "role")->as_object()}});
    }

    /// Makes the role `probe` and the user anna, who has it and is `anna` from now on.
    void let_anna(std::string_view rights)
    {
        role(R"({"name": "probe", )" + std::string{rights} + "}");
        call("users.add", {{"name", "anna"}, {"roles", array{"probe"}}});
        anna = connect_as("anna");
    }

    std::string create(std::string_view type, object values)
    {
        const value made = call("records.create", {{"type", type}, {"values", std::move(values)}});
        return std::string{made.at("record").at("id").as_string()};
    }

    std::string id_of(std::string_view user) { return std::to_string(host->users().find(user)->id.number); }

    std::unique_ptr<Host> host;
    std::optional<Service> service;
    std::unique_ptr<Connection> admin;
    std::unique_ptr<Connection> anna;
};

} // namespace mortise::host
