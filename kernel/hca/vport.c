// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of a port (GIDs, P_Keys, RoCE addresses) and what can be asked about
 * its traffic: counters, congestion, registers. There is no traffic that would be
 * counted here yet: those answers are zero.
 *
 * RoCE addresses are set by the kernel as the network interface gets its own.
 *
 * Locking: handlers run under the command lock, which protects the addresses.
 */
#include "model.h"

#define GID_BYTES		16u
#define GID_ALL			0xffffu
#define PKEY_BYTES		4u
#define PKEY_ALL		0xffffu
#define PKEY_DEFAULT		0xffffu

#define CONG_FIRST		1u
#define CONG_LAST		3u

/* The clock of the device. All zero: it runs freely, from no time in particular. */
#define REG_MTUTC		0x9055u
#define REG_MTUTC_BYTES		28u
#define OP_MOD_READ		1u

/* The port a command names, 1 if it says 0; 0 when there is none. */
static u32 port_of(const struct sacc_hca_cmd *cmd, u32 port)
{
	if (port > cmd->hca->cfg.num_ports)
		return 0;
	return port ? port : 1;
}

/* What the commands about a port of InfiniBand have in common. */
static u32 check_ib_port(const struct sacc_hca_cmd *cmd, u32 *port)
{
	if (cmd->hca->cfg.link_layer != SACC_HCA_LINK_IB)
		return SACC_HCA_SYND_PORT_NOT_IB;
	if (sacc_hca_get(query_hca_vport_gid_in, cmd->in, other_vport))
		return SACC_HCA_SYND_VPORT_OTHER;
	*port = port_of(cmd, sacc_hca_get(query_hca_vport_gid_in, cmd->in,
					  port_num));
	return *port ? 0 : SACC_HCA_SYND_PORT_NUMBER;
}

/* The only one that is set: link-local, of the port's GUID. */
static void set_gid(u8 *gid, u64 guid)
{
	__be64 words[2] = { cpu_to_be64(0xfe80ULL << 48), cpu_to_be64(guid) };

	memcpy(gid, words, sizeof(words));
}

u32 sacc_hca_cmd_query_hca_vport_gid(struct sacc_hca_cmd *cmd)
{
	u32 index = sacc_hca_get(query_hca_vport_gid_in, cmd->in, gid_index);
	size_t at = SACC_HCA_BYTES(query_hca_vport_gid_out);
	u32 port, count, syndrome = check_ib_port(cmd, &port);

	if (syndrome)
		return syndrome;
	if (index >= SACC_HCA_GIDS && index != GID_ALL)
		return SACC_HCA_SYND_GID_INDEX;
	count = index == GID_ALL ? SACC_HCA_GIDS : 1;
	if (cmd->out_len - at < count * GID_BYTES)
		return SACC_HCA_SYND_OUT_SHORT;
	sacc_hca_set(query_hca_vport_gid_out, cmd->out, gids_num, count);
	if (!index || index == GID_ALL)
		set_gid(cmd->out + at, cmd->hca->cfg.node_guid + port);
	return 0;
}

u32 sacc_hca_cmd_query_hca_vport_pkey(struct sacc_hca_cmd *cmd)
{
	u32 index = sacc_hca_get(query_hca_vport_pkey_in, cmd->in, pkey_index);
	size_t at = SACC_HCA_BYTES(query_hca_vport_pkey_out);
	u32 port, count, syndrome = check_ib_port(cmd, &port);

	if (syndrome)
		return syndrome;
	if (index >= SACC_HCA_PKEYS && index != PKEY_ALL)
		return SACC_HCA_SYND_PKEY_INDEX;
	count = index == PKEY_ALL ? SACC_HCA_PKEYS : 1;
	if (cmd->out_len - at < count * PKEY_BYTES)
		return SACC_HCA_SYND_OUT_SHORT;
	if (!index || index == PKEY_ALL)
		sacc_hca_store32(cmd->out, (u32)at, PKEY_DEFAULT);
	return 0;
}

/* 0 and the place of the address that a command names, or a syndrome. */
static u32 find_roce_address(struct sacc_hca_cmd *cmd, u8 **address)
{
	u32 index = sacc_hca_get(query_roce_address_in, cmd->in,
				 roce_address_index);
	u32 port = port_of(cmd, sacc_hca_get(query_roce_address_in, cmd->in,
					     vhca_port_num));

	if (cmd->hca->cfg.link_layer != SACC_HCA_LINK_ETHERNET)
		return SACC_HCA_SYND_PORT_NOT_ETH;
	if (!port)
		return SACC_HCA_SYND_PORT_NUMBER;
	if (index >= SACC_HCA_ROCE_ADDRESSES)
		return SACC_HCA_SYND_ROCE_INDEX;
	*address = cmd->hca->roce_addresses[port - 1][index];
	return 0;
}

u32 sacc_hca_cmd_query_roce_address(struct sacc_hca_cmd *cmd)
{
	u8 *address;
	u32 syndrome = find_roce_address(cmd, &address);

	if (!syndrome)
		memcpy(sacc_hca_at_rw(query_roce_address_out, cmd->out,
				      roce_address),
		       address, SACC_HCA_ROCE_ADDRESS_BYTES);
	return syndrome;
}

u32 sacc_hca_cmd_set_roce_address(struct sacc_hca_cmd *cmd)
{
	u8 *address;
	u32 syndrome = find_roce_address(cmd, &address);

	if (syndrome)
		return syndrome;
	if (cmd->uctx != &cmd->hca->kernel)
		return SACC_HCA_SYND_ROCE_OWNER;
	memcpy(address, sacc_hca_at(set_roce_address_in, cmd->in, roce_address),
	       SACC_HCA_ROCE_ADDRESS_BYTES);
	return 0;
}

/* --- Counters that are zero */

u32 sacc_hca_cmd_query_vnic_env(struct sacc_hca_cmd *cmd)
{
	return sacc_hca_get(query_vnic_env_in, cmd->in, other_vport) ?
	       SACC_HCA_SYND_VPORT_OTHER : 0;
}

u32 sacc_hca_cmd_query_vport_counter(struct sacc_hca_cmd *cmd)
{
	if (sacc_hca_get(query_vport_counter_in, cmd->in, other_vport))
		return SACC_HCA_SYND_VPORT_OTHER;
	if (!port_of(cmd, sacc_hca_get(query_vport_counter_in, cmd->in,
				       port_num)))
		return SACC_HCA_SYND_PORT_NUMBER;
	return 0;
}

/* Congestion control is off, for every protocol and priority. */
u32 sacc_hca_cmd_query_cong(struct sacc_hca_cmd *cmd)
{
	u32 protocol = sacc_hca_get(query_cong_status_in, cmd->in,
				    cong_protocol);

	if (protocol < CONG_FIRST || protocol > CONG_LAST)
		return SACC_HCA_SYND_CONG_PROTOCOL;
	return 0;
}

/* --- Registers */

u32 sacc_hca_cmd_access_register_user(struct sacc_hca_cmd *cmd)
{
	if (cmd->op_mod != OP_MOD_READ)
		return SACC_HCA_SYND_REGISTER_WRITE;
	if (sacc_hca_get(access_register_in, cmd->in, register_id) != REG_MTUTC)
		return SACC_HCA_SYND_REGISTER_ID;
	if (cmd->out_len - SACC_HCA_BYTES(access_register_in) < REG_MTUTC_BYTES)
		return SACC_HCA_SYND_OUT_SHORT;
	return 0;
}
