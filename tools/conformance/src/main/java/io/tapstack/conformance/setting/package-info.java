/** The settings of a stack by name, for the conformance agent and packetdrill. */
@NullMarked
package io.tapstack.conformance.setting;

import org.jspecify.annotations.NullMarked;
