package io.tapstack.demo;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A command of the demonstration, and its expected result.
 *
 * @param title of the step
 * @param command the program and its arguments
 * @param keyLine finds the lines of its output that show the result
 * @param good true if the whole output (both streams) is as expected; the exit status is judged apart
 */
record Step(String title, List<String> command, Pattern keyLine, Predicate<String> good) {

    static Step of(final String title, final String keyLine, final Predicate<String> good, final String... command) {
        return new Step(title, List.of(command), Pattern.compile(keyLine), good);
    }
}
