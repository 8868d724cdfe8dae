/**
 * The stack behind a TAP against the Linux kernel and its tools. All of it runs in the private network namespace of
 * failsafe's JVM, so a test creates interfaces and firewall rules freely.
 */
@NullMarked
package io.tapstack.integration;

import org.jspecify.annotations.NullMarked;
