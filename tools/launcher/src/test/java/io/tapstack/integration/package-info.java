/**
 * The stack behind a TAP against the Linux kernel and its tools. All of it runs in the private network namespace that
 * failsafe's JVM is started in, so a test makes interfaces and firewall rules as it likes.
 */
@NullMarked
package io.tapstack.integration;

import org.jspecify.annotations.NullMarked;
