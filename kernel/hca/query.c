// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queries that concern no object: adapter, interface revision, ports, LAG. The
 * answers follow from the configuration of the device, which is constant, and
 * from the link of the port. A port with a link is active, with its number as LID:
 * there is no subnet manager.
 * Handlers run under the command lock.
 */
#include "model.h"

#define IEEE_VENDOR_ID		0x0002c9
#define ISSI			1
#define PORT_STATE_DOWN		1
#define PORT_STATE_ACTIVE	4
#define PORT_PHYS_POLLING	2
#define PORT_PHYS_LINK_UP	5
#define VPORT_STATE_DOWN	0
#define VPORT_STATE_UP		1
#define ETH_MTU			1500
#define LAST_LIST_TYPE		2

static const char board_id[16] = "SAC0000000001";

u32 sacc_hca_cmd_nop(struct sacc_hca_cmd *cmd)
{
	(void)cmd;
	return 0;
}

/* Logs and counters of what does not happen here. */
u32 sacc_hca_cmd_query_zeros(struct sacc_hca_cmd *cmd)
{
	(void)cmd;
	return 0;
}

u32 sacc_hca_cmd_query_adapter(struct sacc_hca_cmd *cmd)
{
	u8 *block = sacc_hca_at_rw(query_adapter_out, cmd->out,
				   query_adapter_struct);

	sacc_hca_set(query_adapter_param_block, block, ieee_vendor_id,
		     IEEE_VENDOR_ID);
	memcpy(sacc_hca_at_rw(query_adapter_param_block, block,
			      vsd_contd_psid), board_id, sizeof(board_id));
	return 0;
}

u32 sacc_hca_cmd_query_issi(struct sacc_hca_cmd *cmd)
{
	sacc_hca_set(query_issi_out, cmd->out, current_issi, ISSI);
	sacc_hca_set(query_issi_out, cmd->out, supported_issi_dw0,
		     1u << ISSI | 1u);
	return 0;
}

/* No bond: lag_state and all the rest are 0. */
u32 sacc_hca_cmd_query_lag(struct sacc_hca_cmd *cmd)
{
	(void)cmd;
	return 0;
}

u32 sacc_hca_cmd_query_vport_state(struct sacc_hca_cmd *cmd)
{
	if (sacc_hca_get(query_vport_state_in, cmd->in, other_vport))
		return SACC_HCA_SYND_VPORT_OTHER;
	sacc_hca_set(query_vport_state_out, cmd->out, admin_state,
		     VPORT_STATE_UP);
	sacc_hca_set(query_vport_state_out, cmd->out, state,
		     cmd->hca->link_down[0] ? VPORT_STATE_DOWN : VPORT_STATE_UP);
	return 0;
}

u32 sacc_hca_cmd_query_hca_vport_context(struct sacc_hca_cmd *cmd)
{
	const struct sacc_hca_config *cfg = &cmd->hca->cfg;
	u8 *ctx = sacc_hca_at_rw(query_hca_vport_context_out, cmd->out,
				 hca_vport_context);
	u32 port = sacc_hca_get(query_hca_vport_context_in, cmd->in, port_num);
	bool down;
	u32 state;

	if (cfg->link_layer != SACC_HCA_LINK_IB)
		return SACC_HCA_SYND_PORT_NOT_IB;
	if (sacc_hca_get(query_hca_vport_context_in, cmd->in, other_vport))
		return SACC_HCA_SYND_VPORT_OTHER;
	if (port > cfg->num_ports)
		return SACC_HCA_SYND_PORT_NUMBER;
	/* Clients of one-port devices leave it 0. */
	if (!port)
		port = 1;
	down = cmd->hca->link_down[port - 1];
	state = down ? PORT_STATE_DOWN : PORT_STATE_ACTIVE;
	sacc_hca_set(hca_vport_context, ctx, port_physical_state,
		     down ? PORT_PHYS_POLLING : PORT_PHYS_LINK_UP);
	sacc_hca_set(hca_vport_context, ctx, port_state, state);
	sacc_hca_set(hca_vport_context, ctx, vport_state, state);
	sacc_hca_set(hca_vport_context, ctx, system_image_guid, cfg->node_guid);
	sacc_hca_set(hca_vport_context, ctx, node_guid, cfg->node_guid);
	sacc_hca_set(hca_vport_context, ctx, port_guid, cfg->node_guid + port);
	sacc_hca_set(hca_vport_context, ctx, lid, port);
	return 0;
}

/* The address lies in the outer three bytes at each end of the GUID. */
static void set_mac(u8 *address, u64 guid)
{
	sacc_hca_set(mac_address_layout, address, mac_addr_47_32, guid >> 48);
	sacc_hca_set(mac_address_layout, address, mac_addr_31_0,
		     (guid >> 40 & 0xff) << 24 | (guid & 0xffffff));
}

u32 sacc_hca_cmd_query_nic_vport_context(struct sacc_hca_cmd *cmd)
{
	const struct sacc_hca_config *cfg = &cmd->hca->cfg;
	u32 type = sacc_hca_get(query_nic_vport_context_in, cmd->in,
				allowed_list_type);
	u8 *ctx = sacc_hca_at_rw(query_nic_vport_context_out, cmd->out,
				 nic_vport_context);

	if (cfg->link_layer != SACC_HCA_LINK_ETHERNET)
		return SACC_HCA_SYND_PORT_NOT_ETH;
	if (sacc_hca_get(query_nic_vport_context_in, cmd->in, other_vport))
		return SACC_HCA_SYND_VPORT_OTHER;
	if (type > LAST_LIST_TYPE)
		return SACC_HCA_SYND_VPORT_LIST_TYPE;
	sacc_hca_set(nic_vport_context, ctx, roce_en, 1);
	sacc_hca_set(nic_vport_context, ctx, mtu, ETH_MTU);
	sacc_hca_set(nic_vport_context, ctx, system_image_guid, cfg->node_guid);
	sacc_hca_set(nic_vport_context, ctx, node_guid, cfg->node_guid);
	sacc_hca_set(nic_vport_context, ctx, port_guid, cfg->node_guid + 1);
	sacc_hca_set(nic_vport_context, ctx, allowed_list_type, type);
	set_mac(sacc_hca_at_rw(nic_vport_context, ctx, permanent_address),
		cfg->node_guid);
	return 0;
}
