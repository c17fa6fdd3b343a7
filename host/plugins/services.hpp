#pragma once

/// \file
/// The rooms of the host that plugins work with, handed over together.

#include <mortise/abi/root.h>

#include <map>
#include <string>

namespace mortise::host {

class CallObserver;
class Clock;
class CommandRegistry;
class Database;
class Dispatcher;
class EventLog;
class FileKeeper;
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
    CallObserver* observer{nullptr}; ///< null: nobody looks on
    /// Plugins whose code is part of this program, by id: no library is loaded for them.
    std::map<std::string, mortise_plugin_open> linked{};
    FileKeeper* files{nullptr}; ///< null: no files are kept
};

} // namespace mortise::host
