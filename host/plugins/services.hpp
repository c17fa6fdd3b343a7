#pragma once

/// \file
/// The rooms of the host that plugins work with, handed over together.

#include <string>

namespace mortise::host {

class Clock;
class CommandRegistry;
class Database;
class Dispatcher;
class EventLog;
class JobQueue;
class Records;
class Views;
class Writer;

/// None is owned; all outlive the plugins room.
struct PluginServices {
    Database& database;
    Writer& writer;
    Records& records;
    EventLog& log;
    Dispatcher& dispatcher;
    CommandRegistry& commands;
    Views& views;
    JobQueue& jobs;
    const Clock& clock;
    std::string source; ///< of events, as CloudEvents has it: the database and its incarnation
};

} // namespace mortise::host
