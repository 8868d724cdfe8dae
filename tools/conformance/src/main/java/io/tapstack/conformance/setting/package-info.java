/** The settings of a stack by name: the keys of the conformance agent, and Linux's sysctls for packetdrill. */
@NullMarked
package io.tapstack.conformance.setting;

import org.jspecify.annotations.NullMarked;
