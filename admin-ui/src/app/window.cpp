#include "app/window.hpp"

#include "app/draw_digest.hpp"
#include "app/input_queue.hpp"
#include "app/seen_log.hpp"
#include "shell/shell.hpp"

// clang-format off
#include <GLFW/glfw3.h>
#include <imgui/backends/imgui_impl_glfw.h>
#include <imgui/backends/imgui_impl_opengl3.h>
// clang-format on

#include <algorithm>
#include <atomic>
#include <utility>

namespace mortise::ui {
namespace {

constexpr double longest_rest_seconds = 5; // then what is shown is looked after
constexpr double shortest_frame_seconds = 1.0 / 60;
constexpr int frames_after_input = 3; // layout and popups settle
/// What is typed faster than pictures are made is taken in so many steps before the next picture.
constexpr int most_steps = 16;
/// What an input asks of the host is mostly there sooner than a picture is made: so long the picture may be
/// late for it. Less than a frame, and over with the next input.
constexpr double longest_delay_seconds = 0.012;

Error no_window(std::string message)
{
    return {
        ErrorCode::unsupported,
        std::move(message),
        "console.window",
        {},
        "without a display, --screenshot draws a screen into a file, and the program mortise does everything "
        "by command"
    };
}

/// GLFW, the window, and ImGui upon them, taken down in the opposite order.
class Window {
public:
    ~Window()
    {
        if (m_context) {
            ImGui_ImplOpenGL3_Shutdown();
            ImGui_ImplGlfw_Shutdown();
            ImGui::DestroyContext(m_context);
        }
        if (m_window) glfwDestroyWindow(m_window);
        glfwTerminate();
    }

    Result<void> open(const Options& options)
    {
        glfwSetErrorCallback([](int, const char*) { }); // told by what fails
        if (glfwInit() == GLFW_FALSE) return no_window("there is no display");
        glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
        glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
        glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
        glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
        m_window = glfwCreateWindow(options.width, options.height, "Mortise", nullptr, nullptr);
        if (!m_window) return no_window("no window with OpenGL 3.3 can be opened");
        glfwMakeContextCurrent(m_window);
        glfwSwapInterval(1);
        glfwSetWindowUserPointer(m_window, this);
        watch_input();
        m_context = ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui_ImplGlfw_InitForOpenGL(m_window, false); // input comes through our queue
        ImGui_ImplOpenGL3_Init("#version 330");
        return {};
    }

    GLFWwindow* handle() const noexcept { return m_window; }
    float content_scale() const
    {
        float x = 1;
        float y = 1;
        glfwGetWindowContentScale(m_window, &x, &y);
        return std::max(x, 1.0F);
    }
    /// Whether there was input since the last call.
    bool take_input() { return std::exchange(m_had_input, false) || !m_queue.is_empty(); }

    bool has_input() const noexcept { return !m_queue.is_empty(); }

    /// One frame without a picture: what was typed and clicked does what it does.
    void step(Shell& shell)
    {
        if (m_is_open_frame) ImGui::EndFrame();
        m_is_open_frame = true;
        ImGui_ImplOpenGL3_NewFrame();
        ImGui_ImplGlfw_NewFrame();
        m_queue.feed(ImGui::GetIO());
        ImGui::NewFrame();
        shell.draw();
    }

    /// Makes the picture of the last step, unless it looks like the one before.
    void show()
    {
        ImGui::Render();
        m_is_open_frame = false;
        const std::uint64_t digest = digest_of(*ImGui::GetDrawData());
        if (!std::exchange(m_must_show, false) && digest == m_shown) return;
        m_shown = digest;
        int width = 0;
        int height = 0;
        glfwGetFramebufferSize(m_window, &width, &height);
        glViewport(0, 0, width, height);
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        glfwSwapBuffers(m_window);
    }

    /// The next picture is made, whatever it looks like.
    void must_show() noexcept { m_must_show = true; }

private:
    static Window& of(GLFWwindow* window)
    {
        Window& self = *static_cast<Window*>(glfwGetWindowUserPointer(window));
        self.m_had_input = true;
        return self;
    }

    void watch_input()
    {
        glfwSetKeyCallback(m_window, [](GLFWwindow* w, int key, int, int action, int) {
            if (action != GLFW_REPEAT && key >= 0) of(w).m_queue.add_key(key, action == GLFW_PRESS);
        });
        glfwSetCharCallback(m_window, [](GLFWwindow* w, unsigned letter) {
            of(w).m_queue.add_letter(letter);
        });
        glfwSetMouseButtonCallback(m_window, [](GLFWwindow* w, int button, int action, int) {
            of(w).m_queue.add_button(button, action == GLFW_PRESS);
        });
        glfwSetScrollCallback(m_window, [](GLFWwindow* w, double x, double y) {
            of(w).m_queue.add_wheel(static_cast<float>(x), static_cast<float>(y));
        });
        glfwSetCursorPosCallback(m_window, [](GLFWwindow* w, double x, double y) {
            of(w).m_queue.add_position({static_cast<float>(x), static_cast<float>(y)});
        });
        glfwSetFramebufferSizeCallback(m_window, [](GLFWwindow* w, int, int) { of(w).must_show(); });
        glfwSetWindowRefreshCallback(m_window, [](GLFWwindow* w) { of(w).must_show(); });
        glfwSetWindowFocusCallback(m_window, [](GLFWwindow* w, int focused) {
            if (focused == GLFW_FALSE)
                of(w).m_queue.release_all();
            else
                of(w);
        });
    }

    GLFWwindow* m_window{nullptr};
    ImGuiContext* m_context{nullptr};
    InputQueue m_queue;
    bool m_had_input{true};
    bool m_is_open_frame{false};
    bool m_must_show{true};
    std::uint64_t m_shown{0}; ///< digest of the picture that is seen
};

/// How long after the frame before the next one is due by itself.
double rest_before_frame(const Shell& shell, int frames)
{
    if (frames > 0) return shortest_frame_seconds;
    return shell.wants_frames() ? 1.0 : longest_rest_seconds;
}

void wait_for_events(double seconds)
{
    if (seconds > 0)
        glfwWaitEventsTimeout(seconds);
    else
        glfwPollEvents();
}

/// Follows the monitor, and what the user asked for. True if everything has another size now.
bool rescale(Window& window, Shell& shell, float& content, float& wanted)
{
    float scale = 0;
    if (!shell.wants_scale(scale) && window.content_scale() == content) return false;
    if (scale != 0) wanted = scale / content;
    content = window.content_scale();
    shell.theme().set_scale(wanted * content);
    shell.theme().apply();
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
    window.must_show();
    return true;
}

/// Everything between an input, or news of the host, and the next picture: what was typed meanwhile, the
/// layout that it leads to, and answers that are there at once.
void take_steps(Window& window, Shell& shell, Link& link, bool had_input)
{
    const int before = link.under_way();
    window.step(shell);
    for (int step = 1; had_input && (step < 2 || window.has_input()) && step < most_steps; ++step)
        window.step(shell);
    if (!had_input) return;
    const double until = glfwGetTime() + longest_delay_seconds;
    while (link.under_way() > before && !window.has_input()) {
        const double left = until - glfwGetTime();
        if (left <= 0) return;
        glfwWaitEventsTimeout(left);
        if (link.pump()) window.step(shell);
    }
}

} // namespace

Result<void> run_window(const Options& options)
{
    Window window;
    MORTISE_CHECK(window.open(options));
    const Clock clock;
    SeenLog seen;
    if (!options.seen.empty()) MORTISE_CHECK(seen.open(options.seen));
    Link link{connector(options), [] { glfwPostEmptyEvent(); }};
    float content = window.content_scale();
    Shell shell{link, clock, {options.theme, options.scale * content, usual_preferences_file()}};
    float wanted = options.scale;
    if (!options.screen.empty()) shell.open(options.screen);
    if (seen.is_open()) shell.ui().set_probe(&seen.probe());
    int frames = frames_after_input;
    bool had_input = false;
    double drawn_at = 0;
    while (glfwWindowShouldClose(window.handle()) == GLFW_FALSE) {
        const double rest = rest_before_frame(shell, frames);
        wait_for_events(drawn_at + rest - glfwGetTime());
        if (window.take_input()) {
            frames = frames_after_input;
            had_input = true;
        }
        if (link.pump()) frames = std::max(frames, 2);
        const bool is_due = glfwGetTime() - drawn_at >= rest;
        if (!is_due && (frames == 0 || glfwGetTime() - drawn_at < shortest_frame_seconds)) continue;
        if (rescale(window, shell, content, wanted)) frames = frames_after_input;
        take_steps(window, shell, link, std::exchange(had_input, false));
        window.show();
        seen.write(shell.place());
        drawn_at = glfwGetTime();
        frames = std::max(frames - 1, 0);
    }
    return {};
}

} // namespace mortise::ui
