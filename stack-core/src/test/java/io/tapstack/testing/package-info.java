/** Shared parts of protocol tests: a device that records, packets as bytes, a stack in virtual time. */
@NullMarked
package io.tapstack.testing;

import org.jspecify.annotations.NullMarked;
