package io.tapstack.packetdrill.play;

import io.tapstack.packetdrill.assertion.Assertions;
import io.tapstack.packetdrill.assertion.TcpInfoFields;
import io.tapstack.packetdrill.call.Calls;
import io.tapstack.packetdrill.call.PreparedCall;
import io.tapstack.packetdrill.machine.Machine;
import io.tapstack.packetdrill.machine.Machine.RunningCall;
import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.packet.PacketText;
import io.tapstack.packetdrill.packet.ScriptFlows;
import io.tapstack.packetdrill.script.Action;
import io.tapstack.packetdrill.script.Event;
import io.tapstack.packetdrill.script.EventTime;
import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.Script;
import io.tapstack.packetdrill.script.ScriptException;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Plays one script, once. Events happen in the order of the script: a packet to the stack and a system call at their
 * time; a packet from the stack is waited for, and then its contents and time are compared. A system call that waits
 * continues beside the events that follow it, until the next system call.
 */
public final class ScriptPlayer {

    private static final int SOL_TCP = 6;
    private static final int TCP_INFO = 11;

    private final Machine machine;
    private final PlaySettings settings;
    private final ScriptFlows flows;
    private final Calls calls;
    private final Assertions assertions;
    private final ShellCommands commands;
    private final ExpectedPackets expected;
    private final Consumer<String> log;
    private @Nullable WaitingCall waiting;
    /** The planned time of the event before, on the script's clock. */
    private long lastMicros;

    private boolean lastWasInbound;

    /** A system call that has not returned yet. */
    private record WaitingCall(int line, PreparedCall call, RunningCall running, long endMicros, long tolerance) {}

    /**
     * @param settings of the script
     * @param log receives every packet, if enabled
     */
    public ScriptPlayer(final Machine machine, final PlaySettings settings, final Consumer<String> log) {
        this.machine = machine;
        this.settings = settings;
        this.log = settings.verbose() ? log : line -> {};
        this.flows = new ScriptFlows(
                settings.local(),
                settings.remote(),
                settings.bindPort(),
                settings.connectPort(),
                settings.comparison());
        this.calls = new Calls(
                machine.systemCalls(), flows, settings.localName(), settings.remoteName(), settings.toleranceMicros());
        this.assertions = new Assertions(this.log);
        this.commands = new ShellCommands(machine);
        this.expected = new ExpectedPackets(machine, flows, settings, this.log);
    }

    /**
     * Plays the script.
     *
     * @throws ScriptException if a result, a packet or a time differs from the script
     * @throws IOException if the machine has failed
     */
    public void play(final Script script) throws ScriptException, IOException {
        try {
            if (script.init().isPresent()) {
                commands.run(script.init().get().command(), script.init().get().line());
            }
            machine.start();
            for (final Event event : script.events()) {
                play(event, script);
            }
            finish(script);
        } finally {
            calls.closeAll();
            if (script.cleanup().isPresent()) {
                commands.run(
                        script.cleanup().get().command(), script.cleanup().get().line());
            }
        }
    }

    private void finish(final Script script) throws ScriptException, IOException {
        final WaitingCall call = waiting;
        if (call != null) {
            finishWaiting(call);
        }
        final int lastLine = script.events().get(script.events().size() - 1).line();
        expected.requireNothingElse(Long.MAX_VALUE, lastLine);
    }

    private void play(final Event event, final Script script) throws ScriptException, IOException {
        checkWaiting();
        final EventTime time = event.time();
        final boolean inbound = event.action() instanceof Action.Packet packet
                && packet.packet().inbound();
        // Packets in a row are timed from each other, so that our delays do not add up.
        final long base = !time.relative() ? 0 : inbound && lastWasInbound ? lastMicros : machine.now();
        final long start = base + time.micros();
        final long end = base + time.endMicros();
        final long tolerance = settings.toleranceMicros(start - lastMicros);
        if (!time.relative() && start < lastMicros - tolerance) {
            throw new ScriptException(
                    event.line(), "time goes backward in script from " + lastMicros + " usec to " + start + " usec");
        }
        if (event.action() instanceof Action.Packet packet && !inbound) {
            expected.expect(packet.packet(), event, start, end, tolerance);
        } else {
            machine.runUntil(start);
            checkWaiting();
            requireInTime(event, start, machine.now(), tolerance);
            if (!hasWildcard(script)) {
                expected.requireNothingElse(start - tolerance, event.line());
            }
            act(event, base);
        }
        lastMicros = time.kind() == EventTime.Kind.POINT ? start : machine.now();
        lastWasInbound = inbound;
    }

    private static boolean hasWildcard(final Script script) {
        return script.events().stream().anyMatch(event -> event.time().kind() == EventTime.Kind.ANY);
    }

    private void act(final Event event, final long base) throws ScriptException, IOException {
        final Action action = event.action();
        if (action instanceof Action.Packet packet) {
            send(packet.packet(), event);
        } else if (action instanceof Action.Call call) {
            call(call, event, base);
        } else if (action instanceof Action.Command command) {
            commands.run(command.text(), event.line());
        } else if (action instanceof Action.Code code) {
            assertions.run(code.text(), event.line(), connectionState(event));
        }
    }

    private static void requireInTime(final Event event, final long expected, final long actual, final long tolerance)
            throws ScriptException {
        if (Math.abs(actual - expected) > tolerance) {
            throw new ScriptException(event.line(), Times.error(describe(event.action()), expected, actual, tolerance));
        }
    }

    private static String describe(final Action action) {
        if (action instanceof Action.Packet) {
            return "inbound packet";
        }
        return action instanceof Action.Call ? "system call start" : "command or code";
    }

    private void send(final PacketSpec packet, final Event event) throws ScriptException, IOException {
        final byte[] bytes;
        try {
            bytes = flows.write(packet);
        } catch (final IOException e) {
            throw new ScriptException(event.line(), "error handling packet: " + e.getMessage());
        }
        log.accept("inbound injected packet: " + Times.seconds(machine.now()) + " " + PacketText.of(packet));
        machine.send(bytes);
    }

    private Map<String, Double> connectionState(final Event event) throws ScriptException {
        final byte[] structure = new byte[TcpInfoFields.MAX_BYTES];
        final int fd = calls.descriptorUnderTest();
        final long length = fd < 0 ? 0 : machine.systemCalls().getOption(fd, SOL_TCP, TCP_INFO, structure);
        if (length <= 0) {
            throw new ScriptException(event.line(), "there is no connection whose state could be asked for");
        }
        return TcpInfoFields.fields(structure, (int) length);
    }

    // ---- System calls

    private void call(final Action.Call action, final Event event, final long base)
            throws ScriptException, IOException {
        final WaitingCall before = waiting;
        if (before != null) {
            // There is one thread for system calls, as in packetdrill.
            finishWaiting(before);
        }
        final PreparedCall call = calls.prepare(action, event.line());
        final RunningCall running = machine.call(call::invoke, action.end().isPresent());
        if (action.end().isPresent()) {
            final long end = base + action.end().getAsLong();
            waiting = new WaitingCall(
                    event.line(),
                    call,
                    running,
                    end,
                    settings.toleranceMicros(end - base - event.time().micros()));
            checkWaiting();
            return;
        }
        if (!running.isDone()) {
            throw new ScriptException(
                    event.line(),
                    "runtime error in " + action.name() + " call: it blocks, and the script does not say so");
        }
        call.check(running.result());
    }

    private void finishWaiting(final WaitingCall call) throws ScriptException, IOException {
        machine.await(call.running(), call.endMicros() + call.tolerance() + 1);
        checkWaiting();
        if (waiting != null) {
            throw new ScriptException(
                    call.line(),
                    "timing error: expected system call return at " + Times.seconds(call.endMicros())
                            + " sec but it still blocks at " + Times.seconds(machine.now()) + " sec");
        }
    }

    private void checkWaiting() throws ScriptException {
        final WaitingCall call = waiting;
        if (call == null || !call.running().isDone()) {
            return;
        }
        waiting = null;
        call.call().check(call.running().result());
        final long end = call.running().endMicros();
        if (Math.abs(end - call.endMicros()) > call.tolerance()) {
            throw new ScriptException(
                    call.line(), Times.error("system call return", call.endMicros(), end, call.tolerance()));
        }
    }
}
