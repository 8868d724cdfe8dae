package io.tapstack.cli;

import io.tapstack.socket.ResolutionFailure;
import io.tapstack.tap.TapException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A failed command; the message says what to do. */
public final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    /** A failure with the exit status 1. */
    public Failure(final String message) {
        this(1, message);
    }

    /** A failure with an exit status of its own. */
    public Failure(final int exitStatus, final String message) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /** The exception of a command whose options contradict each other. */
    public static ParameterException refused(final CommandSpec spec, final IllegalArgumentException why) {
        return new ParameterException(spec.commandLine(), String.valueOf(why.getMessage()), why);
    }

    static int exitStatus(final Throwable failure) {
        return failure instanceof Failure known ? known.exitStatus : 1;
    }

    /** One line about any failure. */
    static String describe(final Throwable failure) {
        final String message = failure.getMessage();
        final String text = message == null ? "" : message.replaceAll("\\R\\s*", " ");
        if (failure instanceof Failure) {
            return text;
        }
        if (failure instanceof NoSuchFileException) {
            return text + ": no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return text + ": permission denied";
        }
        if (failure instanceof ResolutionFailure) {
            return text;
        }
        if (failure instanceof UnknownHostException) {
            return text + ": unknown host";
        }
        if (failure instanceof TapException
                || failure instanceof FileSystemException
                || failure.getClass() == IOException.class
                || failure instanceof BindException
                || failure instanceof ConnectException
                || failure instanceof NoRouteToHostException) {
            return text.isEmpty() ? failure.toString() : text;
        }
        return text.isEmpty() ? failure.toString() : failure.getClass().getSimpleName() + ": " + text;
    }
}
